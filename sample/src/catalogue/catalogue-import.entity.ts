import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class CatalogueImport {
  @PrimaryColumn('uuid')
  id!: string;

  /** How many lines of the file its jobs have to import. */
  @Column('integer')
  lines!: number;

  @Column('integer', { default: 0 })
  imported!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
