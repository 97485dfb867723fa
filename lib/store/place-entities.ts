import type { DataSource } from 'typeorm';
import type { Tables } from './connection/tables.js';
import { QUEUE_JOB_ENTITIES } from './entities/entities.js';

/**
 * Points the repositories of the library's entities at its tables. A naming strategy of the application may change
 * explicit names as well, and the module option `schema` may differ from that of the data source.
 */
export function placeEntities(dataSource: DataSource, { schema, prefix }: Tables): void {
  for (const entity of QUEUE_JOB_ENTITIES) {
    if (!dataSource.hasMetadata(entity)) continue;
    const metadata = dataSource.getMetadata(entity);
    const { givenTableName = metadata.tableNameWithoutPrefix } = metadata;
    metadata.tableNameWithoutPrefix = givenTableName;
    metadata.tableName = prefix + givenTableName;
    metadata.schema = schema;
    metadata.tablePath = dataSource.driver.buildTableName(metadata.tableName, schema, metadata.database);
    for (const column of metadata.columns) {
      const { givenDatabaseName: name = column.databaseName } = column;
      column.databaseName = name;
      column.databaseNameWithoutPrefixes = name;
      column.databasePath = name;
    }
  }
}
