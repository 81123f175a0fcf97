import type { Command } from 'commander';
import type { Shell } from '#models/configuration/shell.ts';

/** `millwright gateway opcua-alarms`. */
export function addOpcuaAlarmsCommand(gateway: Command, shell: Shell): void {
  gateway
    .command('opcua-alarms')
    .description('serves the alerts of a running gateway as OPC UA Alarms & Conditions')
    .argument('<file>', 'its configuration (YAML); MILLWRIGHT_OPCUA_ALARMS__A overrides the setting a')
    .addHelpText('after', '\nExample:\n  millwright gateway opcua-alarms gateway/opcua-alarms.example.yaml')
    .action(async (file: string) => {
      const { opcuaAlarmsSchema } = await import('./opcuaAlarmsConfig.ts');
      const { startAlarmServer } = await import('./alarmServer.ts');
      const config = await shell.loadToRun(file, opcuaAlarmsSchema, 'MILLWRIGHT_OPCUA_ALARMS');
      await shell.runUntilStopped(await startAlarmServer(config));
    });
}
