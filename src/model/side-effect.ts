/** What a target does besides suspending or giving back: each is an action of its own, delivered and recorded as one. */
export type SideEffect = {
  readonly name: string;
  /** May be delivered while the guard holds the suspension: it ends what is going on and takes no access for good. */
  readonly whileHeld: boolean;
};

export type SideEffects = { readonly suspend: readonly SideEffect[]; readonly resume: readonly SideEffect[] };

export const NO_SIDE_EFFECTS: SideEffects = { suspend: [], resume: [] };
