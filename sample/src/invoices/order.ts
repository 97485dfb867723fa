import { BadRequestException } from '@nestjs/common';

/** What an invoice is written for. Plain data: it travels as it is. */
export interface Order {
  readonly number: string;
  readonly email: string;
  readonly lines: readonly OrderLine[];
}

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
}

/** @throws BadRequestException where the body of a request is no order */
export function readOrder(body: unknown): Order {
  const { order, email, lines } = (body ?? {}) as Record<string, unknown>;
  if (typeof order !== 'string' || order === '') throw new BadRequestException('order must be its number.');
  if (typeof email !== 'string' || !email.includes('@')) throw new BadRequestException('email must be one.');
  if (!Array.isArray(lines) || lines.length === 0 || !lines.every(isOrderLine)) {
    throw new BadRequestException('lines must be a list such as [{ "sku": "TEA-0001", "quantity": 2 }].');
  }
  return { number: order, email, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) };
}

function isOrderLine(value: unknown): value is OrderLine {
  const { sku, quantity } = (value ?? {}) as Record<string, unknown>;
  return typeof sku === 'string' && Number.isInteger(quantity) && Number(quantity) > 0;
}
