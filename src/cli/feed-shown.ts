import type { Api } from './api.ts';
import { listConnections, pick } from './named.ts';

/** A feed as the API shows it. */
export type FeedShown = {
  kind: string;
  settings: Record<string, unknown>;
  secrets: string[];
  schedule: { cron: string; timeZone: string };
  expectations: Record<string, number | null>;
  nextAt: string;
  askedAt: string | null;
  failures: number;
  last: { at: string; result: string; words: string | null; runId: string | null } | null;
};

/** Where the API has the feed of a connection. */
export async function feedPath(api: Api, name: string): Promise<string> {
  return `/connections/${pick('connection', await listConnections(api), name).id}/feed`;
}
