import { type Command, Option } from 'commander';
import { periods, positive, range, vibrationUnit, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';
import type { AnalyzeOptions } from './analyzeFiles.ts';

/** `millwright analyze`. */
export function addAnalyzeCommand(program: Command, shell: Shell): void {
  program
    .command('analyze')
    .description('diagnoses recordings of one machine: the fault and its evidence, or the missing input')
    .argument('<files...>', 'recordings: text, WAV, NumPy, MAT, UFF 58, float32 or int16; .gz is unpacked')
    .option('--sample-rate <hz>', 'sample rate; not needed for a WAV file or a table with a time column', positive)
    .option('--speed <rpm>', 'shaft speed, within 2 %', positive)
    .option('--speed-tolerance <percent>', 'tolerance of --speed; 8 for a nameplate speed', positive, 2)
    .option('--speed-range <low,high>', 'rpm; estimates the speed from the signal', range)
    .option('--tacho-channel <channel>', 'tachometer channel of the same file; gives the speed, even a varying one')
    .option('--pulses-per-turn <n>', 'pulses per revolution of the tachometer', periods, 1)
    .option('--factors <list>', 'defect frequencies in shaft orders: bpfo=3.58,bpfi=5.42,bsf=2.36,ftf=0.398')
    .option(
      '--bearing <name>',
      'instead of --factors: a designation such as 6205, or balls=9,ball=7.94,pitch=39.04 in mm',
    )
    .addOption(
      new Option('--format <format>', "by default from the file's name or content").choices([
        'f32',
        'int16',
        'csv',
        'wav',
        'npy',
        'mat',
        'uff',
      ]),
    )
    .option('--channel <channel>', 'a number from 0, or the name of a column, a variable or a response', '0')
    .option('--channels <list>', 'sensors of one machine in each file, combined into one verdict: 0,1,2:axial')
    .option('--scale <factor>', 'units per file value, for counts', positive)
    .option('--sensitivity <text>', 'sensitivity of the sensor, for a file in volts: 100mV/g')
    .option('--unit <unit>', 'unit of the samples: g, m/s2, mm/s, in/s, um, mil or 1', vibrationUnit, 'g')
    .addOption(
      new Option('--direction <direction>', 'direction of the sensor relative to the shaft').choices([
        'radial',
        'axial',
      ]),
    )
    .option('--axial-channel <channel>', 'axial channel of the same file: identifies a bent shaft')
    .option('--blades <n>', 'blades of a pump or fan: identifies blade-pass vibration and cavitation', wholeNumber)
    .option('--teeth <n>', 'teeth of the gear on this shaft: identifies gear faults', wholeNumber)
    .option('--poles <n>', 'poles of the induction motor: identifies electrical faults', wholeNumber)
    .option('--belt-order <part>', 'belt rate as a fraction of shaft speed: identifies belt faults', positive)
    .option('--line-hz <hz>', 'mains frequency', positive, 50)
    .addOption(new Option('--iso-group <group>', '1: over 300 kW, 2: 15 to 300 kW').choices(['1', '2']).default('2'))
    .addOption(
      new Option('--iso-foundation <kind>', 'type of foundation').choices(['rigid', 'flexible']).default('rigid'),
    )
    .option(
      '--normal-velocity <mm/s>',
      'velocity RMS while the machine was healthy: a rise counts below zone C',
      positive,
    )
    .option('--json', 'one object per file on stdout, in the order given')
    .option('--html <file>', 'also writes a page with charts')
    .addHelpText('after', '\nExample:\n  millwright analyze pump.f32 --sample-rate 12000 --speed 1797 --bearing 6205')
    .action(async (files: string[], options: AnalyzeOptions) => {
      const { AnalyzeUsageError, analyzeFiles } = await import('./analyzeFiles.ts');
      const { RecordingFormatError } = await import('./readSamples.ts');
      try {
        analyzeFiles(files, options, shell.write);
      } catch (error) {
        if (error instanceof AnalyzeUsageError || error instanceof RecordingFormatError)
          throw shell.usage(error.message);
        throw error;
      }
    });
}
