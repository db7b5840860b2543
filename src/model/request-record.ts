/** One SCIM request as it is kept for whoever helps the connection's admin: without secrets, its bodies cut. */
export type RequestRecord = {
  readonly id: string;
  readonly at: Date;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly tokenPrefix: string;
  readonly userAgent: string | null;
  readonly quirks: readonly string[];
  /** JSON, or the beginning of it and an ellipsis; null where there was none that could be read. */
  readonly request: string | null;
  readonly answer: string | null;
};
export type RequestItem = Omit<RequestRecord, 'request' | 'answer'>;
