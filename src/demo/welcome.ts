export type Welcome = {
  scim: string;
  token: string;
  sandbox: string;
  dataDir: string;
  /** Where operators sign in. */
  signIn: string;
  /** The link by which the first one chooses a password; null once that is done. */
  link: string | null;
};

const USER_NAME = 'ada.lovelace@example.com';

/** What `npm start` prints when it is ready: where things are, and three lines to paste. */
export function welcome(at: Welcome): string {
  const { joiner, mover, leaver } = curlLines(at);
  return `
Gangway is running.

  SCIM base URL   ${at.scim}
  Token           ${at.token}
  Demo target     ${at.sandbox}/accounts
  Data            ${at.dataDir}
  Console         ${at.link ?? at.signIn}${at.link ? '\n                  (sign in as "admin"; the link works once, for 15 minutes)' : ''}

Paste the first two into Okta, Entra ID or any SCIM client. Or open the demo target in a browser and paste these:

# a joiner is invited
${joiner}

# a mover is updated
${mover}

# a leaver is suspended (paste the first again to take her back)
${leaver}

`;
}

/** Joiner, mover and leaver as curl commands, each complete in itself. */
export function curlLines({ scim, token }: { scim: string; token: string }) {
  const user = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: USER_NAME,
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ value: USER_NAME, type: 'work' }],
    title: 'Analyst',
    active: true,
  };
  const headers = `-H 'Authorization: Bearer ${token}' -H 'Content-Type: application/scim+json'`;
  const find = `curl -sS -G ${scim}/Users -H 'Authorization: Bearer ${token}' --data-urlencode 'filter=userName eq "${USER_NAME}"'`;
  const id = `$(${find} | sed -E 's/.*"Resources":\\[\\{"id":"([^"]+)".*/\\1/')`;
  const patch = (change: object) =>
    `curl -sS -o /dev/null -w '%{http_code}\\n' -X PATCH "${scim}/Users/${id}" ${headers} -d '${JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: change }],
    })}'`;
  return {
    joiner: `curl -sS -w '\\n' ${scim}/Users ${headers} -d '${JSON.stringify(user)}'`,
    mover: patch({ title: 'Head of Analysis' }),
    leaver: patch({ active: false }),
  };
}
