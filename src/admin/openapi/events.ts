import { StreamChange, StreamInput } from '../../events/input.ts';
import { EventsWish } from '../events.ts';
import * as answers from './answers.ts';
import { type Described, describe } from './route.ts';

const STREAM = '/event-streams/{id}';

/** What happened, for programs outside. */
export const EVENT_ROUTES: readonly Described[] = [
  describe(['get', '/events'], 'What happened, in its order, or as server-sent events', answers.Events, {
    query: EventsWish,
    types: ['text/event-stream'],
  }),
  describe(['get', '/event-streams'], 'Who events are sent to, and how far each has come', answers.EventStreams),
  describe(['get', STREAM], 'One stream', answers.EventStream),
  describe(['post', '/event-streams'], 'Make one; its secret is shown here and never again', answers.NewEventStream, {
    body: StreamInput,
    status: 201,
  }),
  describe(['patch', STREAM], 'Change it, pause and resume it, send again from a place', answers.EventStream, {
    body: StreamChange,
  }),
  describe(['delete', STREAM], 'Remove it', null),
  describe(['post', `${STREAM}/rotate`], 'Another secret; the former one counts for a day', answers.NewEventStream),
  describe(['get', '/signing-keys'], 'What tokens are signed with', answers.SigningKeys),
  describe(['post', '/signing-keys/rotate'], 'Sign with a new key from now on', answers.SigningKey, { status: 201 }),
];
