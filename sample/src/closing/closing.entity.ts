import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The end of a day: what the stock was worth. */
@Entity()
export class Closing {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  day!: string;

  /** Its jobs. */
  @Column('uuid')
  batchUuid!: string;

  /** Until all of the stock was valued: null. */
  @Column('double precision', { nullable: true })
  stockCents!: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
