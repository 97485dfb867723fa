import type { TypeOrmModuleOptions } from '@nestjs/typeorm';

export const dataSource: TypeOrmModuleOptions = {
  type: 'postgres',
  url: process.env.DATABASE_URL,
  autoLoadEntities: true,
  synchronize: true,
};
