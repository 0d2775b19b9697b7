import { createCanvas } from '@napi-rs/canvas';

const coats = ['#4a5a6a', '#6a4a55', '#4f6650', '#5c5470', '#6b5a45'];

/** A drawn head and shoulders in the place of a photograph: the people of the demonstration are invented. */
export function drawPortrait(seed: number): Uint8Array<ArrayBuffer> {
  const canvas = createCanvas(480, 600);
  const paint = canvas.getContext('2d');
  const fill = (colour: string, draw: () => void): void => {
    paint.fillStyle = colour;
    paint.beginPath();
    draw();
    paint.fill();
  };
  fill('#dfe3e6', () => paint.rect(0, 0, 480, 600));
  fill(coats[seed % coats.length]!, () => paint.ellipse(240, 640, 210, 250, 0, 0, 2 * Math.PI));
  fill('#e0bda2', () => paint.rect(205, 330, 70, 100));
  fill('#e8c8ae', () => paint.ellipse(240, 250, 95, 125, 0, 0, 2 * Math.PI));
  fill('#5b4636', () => paint.ellipse(240, 175, 105, 75, 0, Math.PI, 2 * Math.PI));
  return new Uint8Array(canvas.toBuffer('image/png'));
}
