import { OwnSettings } from '../me.ts';
import { Link, NewOperator, Role } from '../operators.ts';
import { NewKey, NewTechnicalUser } from '../technical-users.ts';
import * as answers from './answers.ts';
import { type Described, describe } from './route.ts';

const OPERATOR = '/operators/{id}';
const KEYS = '/technical-users/{id}/keys';

/** Who may ask, and for what. */
export const ACCESS_ROUTES: readonly Described[] = [
  describe(['get', '/me'], 'Who asks, and what they may do where', answers.Me),
  describe(['put', '/me'], 'The language of one’s own pages', answers.Me, { body: OwnSettings }),
  describe(['get', '/operators'], 'Who signs in, with their rights here', answers.Operators),
  describe(['post', '/operators'], 'Let somebody sign in', answers.Operator, { body: NewOperator, status: 201 }),
  describe(['put', `${OPERATOR}/role`], 'Give them other rights', answers.Operator, { body: Role }),
  describe(['delete', OPERATOR], 'Take their rights in this tenant', null),
  describe(['post', `${OPERATOR}/link`], 'A link by which they choose a password; shown here alone', answers.Link, {
    body: Link,
    status: 201,
  }),
  describe(['get', `${OPERATOR}/sessions`], 'Where they are signed in', answers.Sessions),
  describe(['delete', `${OPERATOR}/sessions`], 'Sign them out everywhere', answers.Anything, { status: 200 }),
  describe(['get', '/technical-users'], 'Programs that have keys', answers.TechnicalUsers),
  describe(['post', '/technical-users'], 'Make a technical user', answers.TechnicalUser, {
    body: NewTechnicalUser,
    status: 201,
  }),
  describe(['delete', '/technical-users/{id}'], 'Revoke it with all its keys', null),
  describe(['get', KEYS], 'Its live keys, without the keys themselves', answers.Keys),
  describe(['post', KEYS], 'Make a key; it is shown here and never again', answers.NewSecret, {
    body: NewKey,
    status: 201,
  }),
  describe(['post', `${KEYS}/rotate`], 'Make a key, and end the older of two', answers.NewSecret, {
    body: NewKey,
    status: 201,
  }),
  describe(['delete', `${KEYS}/{keyId}`], 'Revoke a key, at once', null),
];
