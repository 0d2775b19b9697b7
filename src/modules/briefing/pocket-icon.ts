import { createCanvas, Path2D } from '@napi-rs/canvas';

const drawn = new Map<string, Uint8Array>();

/** The shield of the office in white on its colour, as PNG; a maskable one leaves room for any outline. */
export function drawIcon(size: number, colour: string, maskable: boolean): Uint8Array {
  const key = `${size} ${colour} ${maskable}`;
  const known = drawn.get(key);
  if (known) return known;
  const canvas = createCanvas(size, size);
  const paint = canvas.getContext('2d');
  paint.fillStyle = colour;
  paint.fillRect(0, 0, size, size);
  const high = size * (maskable ? 0.46 : 0.62);
  paint.translate((size - (high * 28) / 34) / 2, (size - high) / 2);
  paint.scale(high / 34, high / 34);
  paint.strokeStyle = '#ffffff';
  paint.lineWidth = 2.5;
  paint.stroke(new Path2D('M2 2h24v16c0 7-5 11.5-12 14C7 29.5 2 25 2 18z'));
  paint.lineWidth = 2;
  paint.stroke(new Path2D('M7 20.5c2-1.5 4-1.5 7 0s5 1.5 7 0M9 14.5h10M14 7.5v7'));
  const bytes = new Uint8Array(canvas.toBuffer('image/png'));
  drawn.set(key, bytes);
  return bytes;
}
