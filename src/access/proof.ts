import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { hashOf } from '../directory/token-text.ts';
import type { Vault } from '../vault.ts';
import type { Attempts } from './attempts.ts';
import { isPassword } from './password.ts';
import { stepOfCode } from './totp.ts';

type Options = { db: Knex; vault: Vault; attempts: Attempts };
export type Tried = { name: string; password: string; code: string; address: string };
type Local = { id: string; password: string | null; totp: Buffer | null };

const selectLocal = statement<Local>(
  'proof_find',
  'select id, password, totp from access.operators where lower(name) = lower(:name)',
);

// the condition makes each code good for one sign-in (RFC 6238 §5.2)
const takeStep = statement<{ id: string }>(
  'proof_take_step',
  'update access.operators set totp_step = :step where id = :id and totp_step < :step returning id',
);

const takeRecoveryCode = statement<{ id: string }>(
  'proof_take_recovery_code',
  `update access.operators set recovery_codes = array_remove(recovery_codes, :hash)
    where id = :id and :hash = any(recovery_codes) returning id`,
);

const saveCode = statement<{ id: string }>(
  'proof_save_code',
  `update access.operators set totp = :totp, totp_step = :step, recovery_codes = :codes
    where id = :id and issuer is null returning id`,
);

const dropCode = statement<{ id: string }>(
  'proof_drop_code',
  `update access.operators set totp = null, recovery_codes = '{}' where id = :id returning id`,
);

const selectHasCode = statement<{ hasCode: boolean; left: number }>(
  'proof_has_code',
  `select totp is not null as "hasCode", cardinality(recovery_codes) as left from access.operators where id = :id`,
);

const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;

/**
 * Who it is by name, password and, where it is set up, code; `refused` says nothing of what was wrong, and takes as long
 * for a name that nobody has.
 */
export async function proveByPassword(
  { db, vault, attempts }: Options,
  { name, password, code, address }: Tried,
): Promise<{ id: string } | 'refused' | 'too-many'> {
  if (!(await attempts.take(name, address))) return 'too-many';
  const [local] = await selectLocal(db, { name: name.trim() });
  const right = await isPassword(password, local?.password ?? null);
  if (!local || !right || !(await isCode(db, vault, local, code))) return 'refused';
  await attempts.forget(name, address);
  return { id: local.id };
}

async function isCode(db: Knex, vault: Vault, { id, totp }: Local, code: string): Promise<boolean> {
  if (totp === null) return true;
  const { totp: secret = '' } = vault.open(totp);
  const step = stepOfCode(secret, code, Date.now());
  if (step !== null) return (await takeStep(db, { id, step })).length > 0;
  return (await takeRecoveryCode(db, { id, hash: recoveryHash(code) })).length > 0;
}

/** Sets up the second factor and returns the recovery codes, which are kept nowhere but as hashes. */
export async function setUpCode(db: Knex, vault: Vault, id: string, secret: string, step: number): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await saveCode(db, { id, totp: vault.seal({ totp: secret }), step, codes: codes.map(recoveryHash) });
  return codes;
}

/** Takes the second factor away. */
export async function removeCode(db: Knex, id: string): Promise<void> {
  await dropCode(db, { id });
}

/** Whether there is a second factor, and how many recovery codes are left. */
export async function codeOf(db: Knex, id: string): Promise<{ hasCode: boolean; left: number }> {
  return (await selectHasCode(db, { id }))[0] ?? { hasCode: false, left: 0 };
}

/** 80 random bits in groups: too many to guess, so a plain hash may lie in the database. */
function newRecoveryCode(): string {
  return (randomBytes(RECOVERY_BYTES).toString('hex').match(/.{5}/g) ?? []).join('-');
}

function recoveryHash(code: string): Buffer {
  return hashOf(code.toLowerCase().replaceAll(/[^0-9a-f]/g, ''));
}
