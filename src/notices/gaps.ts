import { type Fillings, filled } from '../mail/words.ts';
import type { NoticeLanguage } from '../model/notice.ts';
import { REJECT_WORDS } from '../roster/reject-words.ts';
import type { RejectCode } from '../roster/row.ts';
import type { HoldFacts, NoticeFacts } from './facts.ts';
import { momentIn, spanIn } from './moment.ts';
import { PHRASES, WAITING_WORDS } from './phrases.ts';
import { quoted } from './topics.ts';

/** What the gaps in the words of a notice are filled with. */
export function gapsOf(notice: NoticeFacts, language: NoticeLanguage, timeZone: string): Fillings {
  const say = PHRASES[language];
  const { kind, detail } = notice;
  const at = (time: string) => momentIn(language, new Date(time), timeZone);
  const names = { connection: quoted(notice.connection ?? 'NAME'), target: notice.target ?? '?' };
  switch (kind) {
    case 'roster_partly':
      return { ...counted(detail), all: detail.rows + detail.rejected };
    case 'roster_accepted':
      return counted(detail);
    case 'roster_refused':
    case 'roster_held':
    case 'roster_failed':
      return { reason: detail.reason };
    case 'roster_overdue': {
      const last = detail.lastAt === null ? say.never : filled(say.last, { at: at(detail.lastAt) });
      return { every: spanIn(language, detail.expectedEvery), due: at(detail.dueAt), last };
    }
    case 'guard_held':
      return { ...names, ...holdGaps(notice.hold, language) };
    case 'reconcile_alarm':
      return {
        ...names,
        resurrected: detail.resurrected > 0 ? filled(say.resurrected, { number: detail.resurrected }) : '',
        held: detail.held ? filled(say.shrunken, counted(detail)) : '',
      };
    case 'target_down': {
      const until = detail.until === null ? '' : filled(say.upSince, { at: at(detail.until) });
      const state = detail.until === null ? say.down : say.up;
      return { ...names, state, since: filled(say.downSince, { at: at(detail.since) }), until };
    }
    case 'token_expiring':
      return { prefix: detail.prefix, at: at(detail.expiresAt), days: detail.days };
    case 'token_expired':
      return { prefix: detail.prefix, at: at(detail.expiresAt) };
    case 'waiting':
      return { people: detail.people };
    case 'weekly':
      return { ...counted(detail), to: at(detail.to), overdue: detail.overdue ? say.yes : say.no };
    case 'events_paused':
      return { name: detail.name, why: detail.why, at: at(detail.since) };
    default:
      return kind satisfies never;
  }
}

/** What belongs to a notice beyond its sentences: codes of rejected rows, reasons to wait, who is held. */
export function linesOf(notice: NoticeFacts, language: NoticeLanguage): string[] {
  if (notice.kind === 'roster_partly') {
    return notice.detail.codes.map(({ code, rows }) => {
      const words = REJECT_WORDS[code as RejectCode]?.[language];
      return `${rows} × ${words ? `${words.meaning} ${words.mend}` : ''} (${code})`;
    });
  }
  if (notice.kind === 'waiting') {
    return Object.entries(notice.detail.reasons).map(
      ([reason, people]) => `${people} × ${WAITING_WORDS[language][reason] ?? reason}`,
    );
  }
  return notice.hold ? notice.hold.names.map((name) => filled('{name}', { name })) : [];
}

function holdGaps(hold: HoldFacts | null, language: NoticeLanguage): Fillings {
  const say = PHRASES[language];
  if (!hold) return { people: 0, active: 0, until: say.decided };
  const open = hold.state === 'held';
  return {
    people: hold.people,
    active: hold.active,
    loss: say[hold.counter],
    until: open ? say.keeps : say.decided,
    second: open ? (hold.twoPeople ? say.two : say.one) : '',
  };
}

/** The numbers of a detail, as they are. */
function counted(detail: object): Record<string, number> {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => typeof value === 'number'));
}
