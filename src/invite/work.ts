import type { Knex } from 'knex';
import type { Log } from '../log.ts';
import type { Invite } from '../model/invite.ts';
import { chooseChannel, firstOwn, languageOf, locationOf, reachOf } from '../plan/invite-channel.ts';
import { inviteStep } from '../plan/invite-step.ts';
import type { WorkHandler, WorkResult } from '../work/handler.ts';
import { type About, readAbout } from './about.ts';
import { closeInvite, finishSending } from './changes.ts';
import { type InviteKey, latestInvite, makeInvite } from './invites.ts';
import { type Sending, sendInvite, sentOf } from './send.ts';

/** Revoke a former one, make, send, wait: more steps in a row would be a circle. */
const MOST_STEPS = 6;

const SETTLED: WorkResult = { kind: 'done', lookAgainAt: null };
const UNCONFIRMED =
  'the server stopped while the message was handed over: it may have arrived. Resend it if it did not.';

/** The work of kind `invite`: looks at one person's invite at one target and does what is due, until nothing is. */
export function inviteHandler(sending: Sending & { log: Log }): WorkHandler {
  const { db, log } = sending;
  return async ({ tenantId, targetId, subjectId }, stop) => {
    const key = { tenantId, targetId, personId: subjectId };
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      stop.throwIfAborted();
      const about = await readAbout(db, key);
      if (!about) return SETTLED;
      const invite = await latestInvite(db, key);
      const step = inviteStep(invite, about.facts, new Date());
      if (step.kind === 'none') return SETTLED;
      if (step.kind === 'wait') return { kind: 'done', lookAgainAt: step.until };
      if (step.kind === 'make') {
        if (!(await make(sending, key, about))) return SETTLED;
        continue;
      }
      if (!invite) return SETTLED;
      // a sheet waits for the print run, and nobody is reminded of it
      if (invite.channel === 'print' && (step.kind === 'send' || step.kind === 'remind')) return SETTLED;
      await take(sending, step.kind, invite, about);
      log.info({ tenant: tenantId, target: targetId, person: subjectId, invite: invite.id, step: step.kind }, 'invite');
    }
    throw new Error('an invite does not come to rest');
  };
}

type Taken = 'accept' | 'revoke' | 'send' | 'remind' | 'unconfirmed' | 'expire';

async function take(sending: Sending, step: Taken, invite: Invite, about: About): Promise<void> {
  const { db } = sending;
  switch (step) {
    case 'accept':
      await closeInvite(db, invite, 'accepted', 'the app says so');
      return;
    case 'revoke':
      await closeInvite(db, invite, 'revoked', 'the person left, or the account is no longer there to accept', true);
      return;
    case 'expire':
      await closeInvite(db, invite, 'expired');
      return;
    case 'unconfirmed':
      return confirmNothing(db, invite, about);
    case 'send':
    case 'remind':
      await sendInvite(sending, invite, about);
      return;
    default:
      return step satisfies never;
  }
}

/** A crash while a message was handed over: it counts as sent, because a second one would be worse than a late one. */
async function confirmNothing(db: Knex, invite: Invite, { connection }: About): Promise<void> {
  const sent = sentOf(invite, connection.policy.inviteReminders, new Date(), false, UNCONFIRMED);
  await finishSending(db, { ...invite, sends: invite.sends - 1 }, sent);
}

/** False where the app's own invite is enough. */
async function make({ db, senders }: Sending, key: InviteKey, about: About): Promise<boolean> {
  const { person, connection, link, facts } = about;
  const channels = link?.choice?.channel ? [link.choice.channel] : connection.policy.inviteChannel;
  const able = { email: senders.email !== null, sms: senders.sms !== null };
  const usable = chooseChannel(channels, reachOf(person.resource), able);
  const channel = usable ?? firstOwn(channels);
  if (channel === null || channel === 'target' || facts.cause === null) return false;
  const { resource } = person;
  await makeInvite(db, {
    ...key,
    connectionId: connection.id,
    cause: facts.cause,
    channel,
    language: languageOf(resource),
    location: locationOf(resource),
    lastAnswer: null,
  });
  return true;
}
