import {
  Column,
  CreateDateColumn,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';

@Entity()
export class Invoice {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text', { unique: true })
  order!: string;

  @Column('text')
  email!: string;

  @Column('integer')
  totalCents!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @OneToMany(() => InvoiceLine, (line) => line.invoice, { cascade: true })
  lines!: InvoiceLine[];
}

@Entity()
export class InvoiceLine {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToOne(() => Invoice, (invoice) => invoice.lines, { nullable: false })
  invoice!: Relation<Invoice>;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  @Column('integer')
  priceCents!: number;
}
