export async function runPeers(): Promise<void> {
  throw new Error('not written yet');
}
