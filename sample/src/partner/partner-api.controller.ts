import type { ServerResponse } from 'node:http';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpException,
  HttpStatus,
  Param,
  Put,
  Res,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import type { PartnerProduct } from './partner.client.ts';

/** Somebody else's server, which happens to be in this process. It is busy at every 5th request, and down at every 11th. */
@Controller('partner-api')
export class PartnerApiController {
  private readonly products = new Map<string, PartnerProduct>();
  private readonly answered = { requests: 0, ok: 0, busy: 0, down: 0, refused: 0 };

  @Get()
  status(): object {
    return { ...this.answered, products: this.products.size };
  }

  @Put('products/:sku')
  @HttpCode(HttpStatus.NO_CONTENT)
  take(
    @Param('sku') sku: string,
    @Body() product: PartnerProduct,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    this.sayNoNowAndThen(response);
    if (product.stock === 0) {
      this.answered.refused += 1;
      throw new UnprocessableEntityException(`${sku} is sold out`);
    }
    this.answered.ok += 1;
    this.products.set(sku, { ...this.products.get(sku), ...product });
  }

  private sayNoNowAndThen(response: ServerResponse): void {
    this.answered.requests += 1;
    if (this.answered.requests % 5 === 0) {
      this.answered.busy += 1;
      response.setHeader('retry-after', '1');
      throw new HttpException('Too many requests', HttpStatus.TOO_MANY_REQUESTS);
    }
    if (this.answered.requests % 11 === 0) {
      this.answered.down += 1;
      throw new ServiceUnavailableException('Back in a moment');
    }
  }
}
