/** Sums that add up as the card prints them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { addingUp, factor, number } from "../src/page/sums.ts";
import { percent } from "../src/view/numbers.ts";

const read = (text: string) => Number(text.replace("−", "-"));

/** In thousandths, where numbers that are printed add up exactly. */
const thousandths = (texts: string[]) =>
  texts.map((text) => Math.round(read(text) * 1000)).reduce((sum, value) => sum + value, 0);

test("the rest takes what rounding leaves", () => {
  const parts = [0.1974, 0.4714, -0.1954, 0.3314];
  deepEqual(addingUp(parts, 3.8394, 4.6442), [
    "0.197",
    "0.471",
    "−0.195",
    "0.331",
    "3.840",
    "4.644",
  ]);
  deepEqual(addingUp([10.3454], 5.0304, 15.3758), ["10.345", "5.031", "15.376"]);
  deepEqual(addingUp([-0.0002], 0.0002, 0), ["0.000", "0.000", "0.000"]);
});

test("weights of the others never fall below zero", () => {
  deepEqual(addingUp([0.33355, 0.33365, 0.3327], 0.0001, 1), [
    "0.333",
    "0.334",
    "0.333",
    "0.000",
    "1.000",
  ]);
});

test("where there is no rest, parts that lose least are rounded the other way", () => {
  deepEqual(addingUp([1 / 3, 1 / 3, 1 / 3], null, 1), ["0.334", "0.333", "0.333", "1.000"]);
  deepEqual(addingUp([0.2496, 0.2497, 0.5007], null, 1), ["0.249", "0.250", "0.501", "1.000"]);
  deepEqual(addingUp([], null, 0), ["0.000"]);
});

test("whatever the numbers, they add up as printed and each is within a unit", () => {
  for (let seed = 1; seed < 400; seed++) {
    const parts = Array.from(
      { length: 1 + (seed % 11) },
      (_, n) => 40 * Math.sin(seed * 7 + n * n),
    );
    const total = parts.reduce((sum, value) => sum + value, 0);
    const [rest, ...others] = parts;
    for (const said of [addingUp(parts, null, total), addingUp(others, rest, total)]) {
      equal(thousandths(said.slice(0, -1)), thousandths(said.slice(-1)));
      equal(said.at(-1), number(total));
    }
    const said = addingUp(parts, null, total);
    for (const [place, part] of parts.entries()) ok(Math.abs(read(said[place]) - part) < 0.001001);
  }
});

test("a product of what is printed is right as printed", () => {
  equal(number(52.235 * read(factor(32 ** -0.5))), number(52.235 * 32 ** -0.5));
  equal(factor(0.125), "0.125");
  equal(number(-12.3456), "−12.346");
});

test("a share below one percent has a decimal", () => {
  const shares = [0, 1e-9, 0.0005, 0.004, 0.0094, 0.00996, 0.012, 0.5, 0.999, 1].map(percent);
  deepEqual(shares, [
    ...["0%", "< 0.1%", "0.1%", "0.4%", "0.9%", "1%", "1%", "50%", "100%", "100%"],
  ]);
});
