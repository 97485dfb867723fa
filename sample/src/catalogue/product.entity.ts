import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity()
export class Product {
  @PrimaryColumn('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Index()
  @Column('text')
  category!: string;

  @Column('integer')
  priceCents!: number;

  @Column('integer')
  stock!: number;

  /** When the partner last took it. */
  @Column('timestamptz', { nullable: true })
  exportedAt!: Date | null;
}
