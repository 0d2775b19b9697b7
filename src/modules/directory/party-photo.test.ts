import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from '../../../test/office.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { getCase, restrictCase } from '../registry/case.server.ts';
import { dropPhoto, getPhoto, setPhoto } from './party-photo.server.ts';

const place = 'GPS 42.3931 18.9116';
/** A large picture that says where it was taken. */
function photograph(): Uint8Array<ArrayBuffer> {
  const canvas = createCanvas(1600, 900);
  canvas.getContext('2d').fillRect(100, 100, 300, 300);
  const jpeg = canvas.toBuffer('image/jpeg');
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, place.length + 2]), Buffer.from(place)]);
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]));
}

test('a picture is kept small, whole, and without what the camera wrote', async ({ office }) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Молба', name: 'Ана Анић' });
  const id = (await office.run(getCase, chief, { id: paper.id })).party!.id;
  const bytes = photograph();
  expect(Buffer.from(bytes).includes(place)).toBe(true);
  await office.run(setPhoto, chief, { id, photo: { name: 'ana.jpg', bytes } });
  const kept = Buffer.from((await office.run(getPhoto, await office.only('auditor'), { id })).content, 'base64');
  expect(kept.includes(place)).toBe(false);
  const drawn = await loadImage(kept);
  expect([drawn.width, drawn.height]).toEqual([480, 270]);
  for (const broken of [new Uint8Array(), new Uint8Array(Buffer.from('није слика')), bytes.slice(0, 400)]) expect((await office.refused(office.run(setPhoto, chief, { id, photo: { name: 'ana.jpg', bytes: broken } }), 422)).fields).toHaveProperty('photo');
  await office.run(dropPhoto, chief, { id });
  await office.refused(office.run(getPhoto, chief, { id }), 404);
});

test('the picture of somebody known from a confidential case alone is not for the others, nor for another office', async ({ office }) => {
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Пријава', name: 'Марко Марић' });
  const id = (await office.run(getCase, chief, { id: paper.id })).party!.id;
  await office.run(setPhoto, chief, { id, photo: { name: 'm.jpg', bytes: photograph() } });
  await office.run(restrictCase, chief, { id: paper.id, access: 'confidential' });
  await office.refused(office.run(getPhoto, { ...(await office.only('citizens')), marks: [] }, { id }), 404);
  const other = await office.another();
  await other.refused(other.run(getPhoto, await other.as('mayor'), { id }), 404);
});
