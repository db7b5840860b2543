import type { Command } from 'commander';
import { clientCommand } from './client.ts';
import { configCommand } from './config/config.ts';
import { connectionCommand } from './connection.ts';
import { doctorCommand } from './doctor.ts';
import { extensionCommand } from './extension.ts';
import { feedCommand } from './feed.ts';
import { holdCommand } from './hold.ts';
import { inviteCommand } from './invite.ts';
import { mappingCommand } from './mapping.ts';
import { noticeCommand } from './notice.ts';
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
    whyCommand(),
    doctorCommand(),
    configCommand(),
  ];
}
