import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import pg from 'pg';

export const dataSource: TypeOrmModuleOptions = {
  type: 'postgres',
  // TypeORM would look for it in node_modules, which a bundle has not.
  driver: pg,
  url: process.env.DATABASE_URL,
  autoLoadEntities: true,
  synchronize: true,
};
