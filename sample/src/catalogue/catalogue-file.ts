import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import type { Product } from './product.entity.ts';

const FILE = join(import.meta.dirname, '../../data/catalogue.csv');

type Columns = Record<'sku' | 'name' | 'category' | 'price' | 'stock', string>;

/** The lines of the catalogue as they are before they are in the database. */
export type CatalogueLine = Omit<Product, 'exportedAt'>;

@Injectable()
export class CatalogueFile {
  async countLines(): Promise<number> {
    return parse(await readFile(FILE), { columns: true }).length;
  }

  /** Lines `from` to `to`, both included; the first after the header is 1. */
  async read(from: number, to: number): Promise<CatalogueLine[]> {
    const lines = parse<Columns>(await readFile(FILE), { columns: true, from, to });
    return lines.map(({ sku, name, category, price, stock }) => ({
      sku,
      name,
      category,
      priceCents: Math.round(Number(price) * 100),
      stock: Number(stock),
    }));
  }
}
