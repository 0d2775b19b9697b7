import type { Examples, Extend } from '../world.ts';
import * as sitting from './sitting.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => ({ ...(await sitting.extend(office, world)) });

export const examples: Examples = { ...sitting.examples };
