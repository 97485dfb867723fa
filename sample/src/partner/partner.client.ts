import { Injectable } from '@nestjs/common';
import { RetryableJobError } from 'nestjs-queue-job';
import type { Product } from '../catalogue/product.entity.ts';
import { PARTNER_URL } from '../config.ts';

/** What the partner wants to know of a product; what is left out stays as it was. */
export type PartnerProduct = Partial<Pick<Product, 'name' | 'priceCents' | 'stock'>>;

/** Speaks to the partner, and tells the queue which of its answers are worth another try. */
@Injectable()
export class PartnerClient {
  async put(sku: string, product: PartnerProduct, signal: AbortSignal): Promise<void> {
    const response = await this.send(`products/${sku}`, product, signal);
    if (response.ok) return;
    const answer = `The partner answered ${response.status}: ${await response.text()}`;
    if (response.status === 429) {
      // As it asks for; without a header, as the job's retry pattern says.
      const seconds = Number(response.headers.get('retry-after'));
      throw new RetryableJobError(answer, seconds > 0 ? { seconds } : {});
    }
    if (response.status >= 500) throw new RetryableJobError(answer);
    // Asking again would not help: the job fails, and waits for somebody to look at it.
    throw new Error(answer);
  }

  private async send(path: string, body: object, signal: AbortSignal): Promise<Response> {
    try {
      return await fetch(new URL(path, PARTNER_URL), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new RetryableJobError('The partner can not be reached', { cause: error });
    }
  }
}
