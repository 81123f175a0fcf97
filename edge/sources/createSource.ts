import type { Logger } from 'pino';
import { brokerClientId } from '../brokerClientId.ts';
import type { EdgeConfig } from '../config.ts';
import type { Source } from './source.ts';

/** The configured source; its code is loaded only here, so that an edge loads only what it uses. */
export async function createSource(config: EdgeConfig, index: number, now: () => number, log: Logger): Promise<Source> {
  const source = config.sources[index];
  const clientId = brokerClientId(config, `source-${index}`);
  const itsLog = log.child({ source: index });
  switch (source.type) {
    case 'mqtt': {
      const { MqttSource } = await import('./mqttSource.ts');
      const { ChunkStore } = await import('./chunkStore.ts');
      const openChunks = () => new ChunkStore(config.dataDirectory, index);
      return new MqttSource(source, config.limits, clientId, now, itsLog, openChunks);
    }
    case 'sparkplug': {
      const { SparkplugSource } = await import('./sparkplug/sparkplugSource.ts');
      return new SparkplugSource(source, config.limits, clientId, now, itsLog);
    }
    case 'modbus': {
      const { ModbusSource } = await import('./modbusSource.ts');
      return new ModbusSource(source, config.limits, now, itsLog);
    }
    case 'http': {
      const { HttpSource } = await import('./httpSource.ts');
      return new HttpSource(source, config.limits, now, itsLog);
    }
    case 'folder': {
      const { FolderSource } = await import('./folderSource.ts');
      return new FolderSource(source, config.limits, now, itsLog);
    }
    case 'opcua': {
      const { OpcuaSource } = await import('./opcua/opcuaSource.ts');
      return new OpcuaSource(source, config, now, itsLog);
    }
  }
}
