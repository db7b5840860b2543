import type { Command } from 'commander';
import { auditCommand } from './audit.ts';
import { clientCommand } from './client.ts';
import { configCommand } from './config/config.ts';
import { connectionCommand } from './connection.ts';
import { doctorCommand } from './doctor.ts';
import { eventsCommand } from './events.ts';
import { extensionCommand } from './extension.ts';
import { feedCommand } from './feed.ts';
import { groupCommand } from './group.ts';
import { holdCommand } from './hold.ts';
import { homeCommand } from './home.ts';
import { inviteCommand } from './invite.ts';
import { mappingCommand } from './mapping.ts';
import { noticeCommand } from './notice.ts';
import { openApiCommand } from './openapi.ts';
import { operatorCommand } from './operator.ts';
import { personCommand } from './person.ts';
import { planCommand } from './plan.ts';
import { policyCommand } from './policy.ts';
import { rosterCommand } from './roster.ts';
import { reconcileCommand, runCommand } from './run.ts';
import { targetCommand } from './target.ts';
import { technicalUserCommand } from './technical-user.ts';
import { tenantCommand } from './tenant.ts';
import { tokenCommand } from './token.ts';
import { whyCommand } from './why.ts';

/** Commands that talk to the JSON API of a running server. */
export function adminCommands(): Command[] {
  return [
    tenantCommand(),
    targetCommand(),
    connectionCommand(),
    tokenCommand(),
    clientCommand(),
    extensionCommand(),
    holdCommand(),
    reconcileCommand(),
    runCommand(),
    rosterCommand(),
    feedCommand(),
    policyCommand(),
    planCommand(),
    mappingCommand(),
    personCommand(),
    inviteCommand(),
    noticeCommand(),
    operatorCommand(),
    technicalUserCommand(),
    groupCommand(),
    whyCommand(),
    homeCommand(),
    auditCommand(),
    eventsCommand(),
    openApiCommand(),
    doctorCommand(),
    configCommand(),
  ];
}
