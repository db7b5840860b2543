/** How a setting is written: `list` as names with commas between, `text` of many lines as `file`. */
export type SettingShape = 'text' | 'url' | 'number' | 'flag' | 'list' | 'choice' | 'file';

export type KindSetting = {
  readonly name: string;
  readonly shape: SettingShape;
  readonly required: boolean;
  /** What counts while nothing is said; null: nothing. */
  readonly default: unknown;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  readonly help: string;
};
export type KindSecret = { readonly name: string; readonly required: boolean; readonly help: string };

/** What a target of one kind is set up with. */
export type TargetKind = {
  readonly kind: string;
  readonly help: string;
  /** Where the documentation tells more. */
  readonly guide: string;
  readonly settings: readonly KindSetting[];
  readonly secrets: readonly KindSecret[];
  /** True where a description names more settings and secrets of its own. */
  readonly free: boolean;
};
