import { createCanvas, loadImage } from '@napi-rs/canvas';
import { checkDots, dotsAtMost } from './picture-dots.ts';

// A process of its own: a broken picture ends what reads it, and nothing else.
type Asked = { bytes: Uint8Array; most: number };

/** Drawn anew, smaller and upright: nothing that the camera wrote beside the picture (place, device, time) is carried over. */
async function shrink({ bytes, most }: Asked): Promise<Uint8Array> {
  checkDots(bytes);
  const picture = await loadImage(Buffer.from(bytes));
  if (picture.width * picture.height === 0 || picture.width * picture.height > dotsAtMost) throw new Error('no picture');
  const scale = Math.min(1, most / Math.max(picture.width, picture.height));
  const canvas = createCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  const paint = canvas.getContext('2d');
  paint.fillStyle = '#ffffff';
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Uint8Array(canvas.toBuffer('image/jpeg', 85));
}

process.once('message', (asked: Asked) => {
  const answer = (said: { picture?: Uint8Array; error?: string }): void => void process.send!(said, () => process.disconnect?.());
  void shrink(asked).then((picture) => answer({ picture }), (error: unknown) => answer({ error: (error instanceof Error ? error.message : String(error)).slice(0, 200) }));
});
