/** The JSON API as whoever reads or changes a configuration sees it: the command line by HTTP, the console within the process. */
export type Ask = {
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object): Promise<T>;
};
export type Named = { id: string; name: string };
