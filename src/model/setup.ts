/** What setting up a connection takes, in this order (S13). */
export const SETUP_STEPS = ['target', 'source', 'people', 'enable'] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];

/** What is known of a connection that is not enabled yet. */
export type SetupFacts = {
  /** Whether a target follows it. */
  readonly target: boolean;
  /** Whether its source has a way in: a token, a client, a feed, or a roster that came. */
  readonly source: boolean;
  /** Whether anybody has come in. */
  readonly people: boolean;
  readonly state: 'draft' | 'connected' | 'enabled' | 'paused' | 'disconnected';
};
