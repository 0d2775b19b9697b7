export async function runLimit(): Promise<void> {
  throw new Error('not written yet');
}
