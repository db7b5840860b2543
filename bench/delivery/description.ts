/** The benchmark's target as the `rest` connector reads it: one request for each operation, no limit that would bind. */
export const DESCRIPTION = {
  name: 'Bench',
  baseUrl: '{{ settings.url }}',
  limits: { concurrency: 64 },
  account: { id: 'item.id', email: 'item.email', status: 'item.status', attributes: { displayName: 'item.name' } },
  operations: {
    check: { request: 'GET /accounts' },
    find: { request: 'GET /accounts/{{ id }}', item: 'body' },
    search: { request: 'GET /accounts', query: { email: '{{ email }}' }, items: 'body.accounts' },
    invite: {
      request: 'POST /accounts',
      body: { email: '{{ email }}', name: '{{ attributes.displayName }}' },
      item: 'body',
    },
    update: { request: 'PATCH /accounts/{{ id }}', body: { name: '{{ attributes.displayName }}' } },
    suspend: { request: 'PATCH /accounts/{{ id }}', body: { status: 'suspended' } },
    resume: { request: 'PATCH /accounts/{{ id }}', body: { status: 'active' } },
  },
};
