// what we use of saxes: its own declarations are not valid under exactOptionalPropertyTypes, so tsconfig.json leads here
export type SaxesTagPlain = { readonly name: string; readonly attributes: Record<string, string> };

export class SaxesParser {
  constructor(options: { readonly xmlns: false; readonly position: boolean });
  readonly line: number;
  readonly column: number;
  readonly position: number;
  on(event: 'error', handler: (error: Error) => void): void;
  on(event: 'opentag' | 'closetag', handler: (tag: SaxesTagPlain) => void): void;
  on(event: 'doctype' | 'text' | 'cdata', handler: (text: string) => void): void;
  write(text: string): this;
  close(): this;
}
