// Writes catalogue.csv, always the same one: `node sample/data/generate.mjs`. 10 makers x 60 things x 10 variants.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const makers = ['Ålesund', 'Bellweather', 'Casa Márquez', 'Dürer & Sons', 'Ember', 'Fjordlys', 'Grün', 'Halcyon', 'Ikigai', 'Juniper']; // prettier-ignore

/**
 * Code, category, and things with what the cheapest variant costs, in cents.
 *
 * @type {[string, string, Record<string, number>][]}
 */
const shelves = [
  ['TEA', 'Tea', { teapot: 2490, 'tea strainer': 690, 'tea tin': 890, 'matcha whisk': 1450, 'tea towel': 750, 'teacup "Duo"': 1690, 'travel infuser': 1990, 'tea tray': 2250, 'sugar bowl': 1190, 'milk jug': 1390 }],
  ['COF', 'Coffee', { 'espresso cup': 990, 'hand grinder': 5900, 'pour-over dripper': 1850, 'paper filters, 100 pieces': 390, 'moka pot': 2790, 'milk frother': 1990, 'coffee scale': 3490, 'French press': 3290, tamper: 2190, 'crème brûlée torch': 3990 }],
  ['KIT', 'Kitchen', { 'chopping board': 2690, 'paring knife': 1590, 'mixing bowl': 1290, whisk: 990, 'rolling pin': 1490, 'pepper mill': 3190, colander: 1790, 'kitchen scale': 2990, 'oven mitt': 1090, 'cast-iron pan, 26 cm': 4990 }],
  ['GLA', 'Glass', { 'water glass': 590, carafe: 2390, 'wine glass': 1290, 'storage jar, 1 l': 1190, vase: 2790, 'oil bottle': 1390, tumbler: 790, 'glass straw, 4 pieces': 890, 'cake dome': 3590, 'salad bowl': 2890 }],
  ['LIN', 'Linen', { 'table runner': 3290, 'napkin, 2 pieces': 1490, apron: 2990, 'bread bag': 1290, tablecloth: 5990, 'pot holder': 890, cushion: 3490, 'tote bag': 1990, 'hand towel': 1390, throw: 6490 }],
  ['STA', 'Stationery', { notebook: 1290, 'fountain pen': 3990, 'pencil case': 1690, 'letter opener': 1490, 'desk pad': 2990, 'wax seal kit': 2490, 'sketchbook, A5': 1390, ink: 1190, ruler: 690, 'card box': 1790 }],
]; // prettier-ignore

const variants = ['midnight blue', 'sage', 'terracotta', 'off-white', 'charcoal', 'ochre', 'rosé', 'walnut', 'brushed steel', '"Limited 2026"']; // prettier-ignore

// A linear congruential generator: as good as dice for stock and prices, and it never changes its mind.
let state = 20_260_101;
const upTo = (limit) => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return Math.floor((state / 2 ** 32) * limit);
};

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const lines = ['sku,name,category,price,stock'];
for (const [code, category, things] of shelves) {
  let number = 0;
  for (const [thing, cheapest] of Object.entries(things)) {
    for (const maker of makers) {
      for (const variant of variants) {
        const sku = `${code}-${String(++number).padStart(4, '0')}`;
        const price = ((cheapest + 50 * upTo(20)) / 100).toFixed(2);
        // Every thirtieth or so is sold out.
        const stock = upTo(30) === 0 ? 0 : 1 + upTo(120);
        lines.push([sku, quoted(`${maker} ${thing}, ${variant}`), category, price, stock].join(','));
      }
    }
  }
}
writeFileSync(join(import.meta.dirname, 'catalogue.csv'), `${lines.join('\n')}\n`);
