/** What a tenant or a target is for: people's work, or trying things. A test tenant reaches test targets alone. */
export const ENVIRONMENTS = ['live', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
