import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, isFault } from '../errors.ts';
import type { Api } from './api.ts';
import { type Progress, sizeOf } from './progress.ts';
import { packed, type RosterFile, typeOf } from './roster-file.ts';
import type { RosterWords } from './roster-words.ts';
import type { Run } from './run.ts';

export type Answer = { run: Run; note?: string };
export type Upload = {
  readonly connectionId: string;
  readonly file: RosterFile;
  readonly dryRun: boolean;
  readonly hold?: boolean | undefined;
  readonly as?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};
/** Whoever waits is shown how far it is, in words. */
export type Telling = { readonly progress: Progress; readonly words: RosterWords };

/** Seconds between the tries of an upload that broke off; a server that was killed frees the connection after 20. */
const WAITS = [1, 2, 4, 8, 16];
const ASK_AGAIN_MS = 250;
/** Questions in a row that may stay without an answer while a run goes on: a server that starts anew. */
const PATIENCE = 60;

/** Sends a file, again where the upload broke off, and gives the run of it; a note says that there was nothing to do. */
export async function uploadRoster(api: Api, upload: Upload, telling: Telling): Promise<Answer> {
  const key = upload.idempotencyKey ?? randomUUID();
  for (let tried = 0; ; tried++) {
    const answer = await attempt(api, upload, key, telling, tried);
    const seconds = WAITS[tried];
    if (answer && (tried === 0 || !isByKey(answer))) return answer;
    // an earlier try did arrive, or what there was of it
    const run = answer && (await whenEnded(api, answer.run.id, telling));
    if (run && (run.state !== 'failed' || seconds === undefined)) return { run };
    if (seconds === undefined) throw new Fault('server_unreachable', 'the upload broke off again and again');
    telling.progress.show(telling.words.again(seconds));
    await sleep(seconds * 1000);
  }
}

/** The server found the key of this upload, not the same file as the last time. */
function isByKey({ note }: Answer): boolean {
  return note?.includes('Idempotency-Key') === true;
}

/** The answer, or null when it is worth another try. */
async function attempt(api: Api, upload: Upload, key: string, telling: Telling, tried: number): Promise<Answer | null> {
  const { connectionId, file, dryRun, hold = false, as } = upload;
  const query = new URLSearchParams({
    fileName: basename(file.path),
    dryRun: String(dryRun),
    hold: String(hold),
    ...(as ? { as } : {}),
  });
  const { progress, words } = telling;
  const body = packed(file, (bytes) => {
    progress.show(words.sent(sizeOf(bytes), sizeOf(file.bytes)), bytes, file.bytes);
  });
  const headers = { 'content-type': typeOf(file.path), 'idempotency-key': key };
  try {
    return await api.upload<Answer>(`/connections/${connectionId}/rosters?${query}`, body, headers);
  } catch (error) {
    progress.clear();
    const again = tried === 0 ? brokeOff(error) : isFault(error, 'server_unreachable', 'roster_busy');
    if (!again || tried >= WAITS.length) throw error;
    return null;
  }
}

/** True when a connection ended early, and not when there was none. */
function brokeOff(error: unknown): boolean {
  if (!isFault(error, 'server_unreachable')) return false;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return false;
  }
  return true;
}

/** Waits for the end of a run, or until it is held. */
export async function whenEnded(api: Api, id: string, { progress, words }: Telling): Promise<Run> {
  for (let silent = 0; ; ) {
    const run = await api.call<Run>('GET', `/runs/${id}`).catch((error: unknown) => {
      if (!isFault(error, 'server_unreachable') || ++silent > PATIENCE) throw error;
      return null; // the run goes on without us
    });
    if (run?.finishedAt) {
      progress.clear();
      return run;
    }
    if (run) {
      silent = 0;
      show(run, progress, words);
    }
    await sleep(ASK_AGAIN_MS);
  }
}

function show({ state, counts }: Run, progress: Progress, words: RosterWords): void {
  if (state !== 'applying') {
    progress.show(words.compares);
    return;
  }
  const applied = Number(counts['applied'] ?? 0);
  const all = ['new', 'changed', 'returned', 'missing'].reduce((sum, name) => sum + Number(counts[name] ?? 0), 0);
  progress.show(words.applies(applied, all), applied, all);
}
