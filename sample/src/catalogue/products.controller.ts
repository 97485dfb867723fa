import {
  BadRequestException,
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Put,
  Query,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { ILike, Repository } from 'typeorm';
import { Product } from './product.entity.ts';

@Controller('products')
export class ProductsController {
  constructor(@InjectRepository(Product) private readonly products: Repository<Product>) {}

  @Get()
  async list(@Query('search') search = '', @Query('page') page = '1'): Promise<Product[]> {
    return this.products.find({
      where: { name: ILike(`%${search}%`) },
      order: { sku: 'ASC' },
      skip: 50 * (Math.max(1, Number(page) || 1) - 1),
      take: 50,
    });
  }

  @Get(':sku')
  async get(@Param('sku') sku: string): Promise<Product> {
    const product = await this.products.findOneBy({ sku });
    if (!product) throw new NotFoundException(`There is no product ${sku}.`);
    return product;
  }

  @Put(':sku/stock')
  async setStock(@Param('sku') sku: string, @Body('stock') stock: unknown): Promise<Product> {
    if (!Number.isInteger(stock) || Number(stock) < 0) {
      throw new BadRequestException('stock must be a whole number from 0.');
    }
    const product = await this.get(sku);
    product.stock = Number(stock);
    return this.products.save(product);
  }
}
