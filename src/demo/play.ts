export async function playDay(_options: unknown): Promise<void> {}
