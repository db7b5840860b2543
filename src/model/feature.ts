/** What an installation may keep from a tenant (S48); nothing, unless it says so. */
export const FEATURES = ['scim', 'rosters', 'feeds', 'invites', 'mapping', 'events'] as const;
export type Feature = (typeof FEATURES)[number];

/** Features that a tenant lacks, each with the reason that its operators are told. */
export type Denied = Readonly<Partial<Record<Feature, string>>>;
