import { expect, test } from 'vitest';
import { PLANT_LIVES, PlantLives } from './plantLives.ts';

test('the same seed gives the same lives', () => {
  const life = () => {
    const plant = new PlantLives({ ...PLANT_LIVES, seed: 3 });
    return Array.from({ length: 400 }, (_, day) => [plant.pass(day + 1), plant.estimate(plant.machines[5], day + 1)]);
  };
  expect(life()).toEqual(life());
});
