/** What a browser does of itself: keeps cookies by host, follows no redirect unless told to. */
export type Browser = {
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Fills in the form of the last page that leads to this path, hidden fields and all. */
  submit(action: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  /** Goes on for as long as it is sent on. */
  follow(page: Page): Promise<Page>;
  cookies: Map<string, Map<string, string>>;
};
export type Page = { status: number; url: string; text: string; headers: Headers; location: string | null };

/** A browser without script: fetch and a cookie jar. */
export function openBrowser(): Browser {
  const cookies = new Map<string, Map<string, string>>();
  let last: Page | null = null;
  const jarOf = (url: string) => {
    const { host } = new URL(url);
    const jar = cookies.get(host) ?? new Map<string, string>();
    cookies.set(host, jar);
    return jar;
  };
  const send = async (url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Page> => {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, headers: { ...init.headers, cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const location = response.headers.get('location');
    const to = location === null ? null : new URL(location, url).href;
    last = { status: response.status, url, text: await response.text(), headers: response.headers, location: to };
    return last;
  };
  const get: Browser['get'] = (url, headers = {}) => send(url, { headers });
  return {
    cookies,
    get,
    submit: (action, fields = {}, headers = {}) => {
      if (!last) throw new Error('no page is open');
      const form = [...last.text.matchAll(/<form[^>]*action="([^"]+)"[\s\S]*?<\/form>/g)].find(
        ([, to = '']) => new URL(unescaped(to), last?.url).pathname === new URL(action, last?.url).pathname,
      );
      if (!form) throw new Error(`there is no form to ${action} on ${last.url}`);
      const body = new URLSearchParams();
      for (const [input] of form[0].matchAll(/<input[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(input)?.[1];
        if (name) body.set(name, unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return send(new URL(unescaped(form[1] ?? ''), last.url).href, {
        method: 'POST',
        body: body.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
    },
    follow: async (page) => {
      let at = page;
      for (let hops = 0; at.location !== null && hops < 20; hops += 1) at = await get(at.location);
      return at;
    },
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  const ended = /expires=Thu, 01 Jan 1970/i.test(line) || value === '';
  if (ended) jar.delete(name);
  else jar.set(name, value);
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}
