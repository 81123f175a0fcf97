import { resolve } from 'node:path';
import type { Command } from 'commander';
import { positive, wholeNumber } from '#models/configuration/arguments.ts';
import type { Shell } from '#models/configuration/shell.ts';

/** `millwright bench`. */
export function addBench(program: Command, shell: Shell): void {
  const bench = program.command('bench').description('measures Millwright on this machine');
  bench
    .command('edge')
    .description('CPU microseconds of the edge process for a 4,096-sample frame through Mosquitto at QoS 1')
    .option('--json', 'one line of JSON on stdout')
    .option('--frames <n>', 'frames a run', wholeNumber, 20_000)
    .option('--runs <n>', 'runs, in turn with the peer; medians are printed', wholeNumber, 3)
    .option('--peer <file>', 'a peer program: PORT IN_FILTER OUT_PREFIX FRAMES QOS, printing {"cpuUsPerWindow":…}')
    .addHelpText('after', '\nExample:\n  millwright bench edge --json')
    .action(async (o: { json?: boolean; frames: number; runs: number; peer?: string }) => {
      const { benchEdge } = await import('./benchEdge.ts');
      const command = shell.commandFile;
      const peer = o.peer ?? besideCheckout(shell, 'peers/edge/paho_numpy.py');
      const result = await benchEdge({ command, frames: o.frames, runs: o.runs, peer, info: shell.info });
      shell.write(JSON.stringify(result, null, o.json ? undefined : 2));
    });

  bench
    .command('sources')
    .description('what OPC UA (signed and encrypted), Sparkplug B, JSON and waveforms cost the edge')
    .option('--json', 'one line of JSON on stdout')
    .option('--runs <n>', 'runs of each; the one in the middle is printed', wholeNumber, 3)
    .option('--seconds <n>', 'of each measurement', positive, 10)
    .option('--peer <file>', 'the peer of bench edge')
    .addHelpText('after', '\nExample:\n  millwright bench sources --json')
    .action(async (o: { json?: boolean; runs: number; seconds: number; peer?: string }) => {
      const { benchSources } = await import('./benchSources.ts');
      const result = await benchSources({
        command: shell.commandFile,
        opcuaLoad: resolve(shell.commandFile, '../opcuaLoad.js'),
        runs: Math.max(1, o.runs),
        seconds: o.seconds,
        peer: o.peer ?? besideCheckout(shell, 'peers/edge/paho_numpy.py'),
        info: shell.info,
      });
      shell.write(JSON.stringify(result, null, o.json ? undefined : 2));
    });

  bench
    .command('forecast')
    .description("seconds for forecasts of monthly series and of parts, beside R's forecast package")
    .option('--json', 'one line of JSON on stdout')
    .option('--runs <n>', 'runs, in turn with the peer; medians are printed', wholeNumber, 3)
    .option('--series <n>', 'monthly series', wholeNumber, 200)
    .option('--parts <n>', 'parts of 84 months', wholeNumber, 10_000)
    .option('--peer <file>', 'an R program: FILE HORIZON FREQUENCY METHOD')
    .addHelpText('after', '\nExample:\n  millwright bench forecast --json')
    .action(async (o: { json?: boolean; runs: number; series: number; parts: number; peer?: string }) => {
      const { benchForecast } = await import('./benchForecast.ts');
      const peer = o.peer ?? besideCheckout(shell, 'peers/forecast/forecast.R');
      const result = benchForecast({ ...o, runs: Math.max(1, o.runs), peer, info: shell.info });
      shell.write(JSON.stringify(result, null, o.json ? undefined : 2));
    });

  bench
    .command('panel')
    .description(
      'CPU microseconds a value, and bytes a channel, of the model and panel that a machine learns for itself',
    )
    .option('--json', 'one line of JSON on stdout')
    .option('--channels <n>', 'slow values of the machine, 3 to 40', wholeNumber, 8)
    .option('--rows <n>', 'rows that are judged', wholeNumber, 50_000)
    .addHelpText('after', '\nExample:\n  millwright bench panel --channels 8 --json')
    .action(async (o: { json?: boolean; channels: number; rows: number }) => {
      const { benchPanel } = await import('./benchPanel.ts');
      const result = await benchPanel(o.channels, Math.max(1, o.rows), shell.info);
      shell.write(JSON.stringify(result, null, o.json ? undefined : 2));
    });

  bench
    .command('inference')
    .description('answers of a small dense network and of a 1-D convolution, beside TensorFlow.js and ONNX Runtime')
    .option('--runs <n>', 'rounds in turns; medians are shown', wholeNumber, 5)
    .option('--json', 'one object on stdout')
    .addHelpText('after', '\nExample:\n  millwright bench inference --json')
    .action(async (o: { runs: number; json?: boolean }) => {
      const { benchInference, inferenceLines } = await import('./benchInference.ts');
      const result = await benchInference({ runs: Math.max(1, o.runs), info: shell.info });
      if (o.json) shell.write(JSON.stringify(result));
      else for (const line of inferenceLines(result)) shell.write(line);
    });

  bench
    .command('features')
    .description('windows a CPU second: the whole feature vector on 4,096 samples in one thread, beside twin and peers')
    .option('--json', 'one line of JSON on stdout')
    .option('--runs <n>', 'runs, in turn with the others; medians are printed', wholeNumber, 5)
    .option('--peers <dir>', 'a folder with windows.c (FFTW) and windows.py (SciPy), each printing {"wps":…}')
    .addHelpText('after', '\nExample:\n  millwright bench features --json')
    .action(async (o: { json?: boolean; runs: number; peers?: string }) => {
      const { benchFeatures } = await import('./benchFeatures.ts');
      const peers = o.peers ?? besideCheckout(shell, 'peers/features');
      const fftwSource = resolve(shell.commandFile, '../../simulators/bench/fftwAlone.c');
      const result = benchFeatures({ runs: Math.max(1, o.runs), peers, fftwSource, info: shell.info });
      shell.write(JSON.stringify(result, null, o.json ? undefined : 2));
    });
}

/** In a checkout the peers are next to the package; without them their results stay empty. */
function besideCheckout(shell: Shell, path: string): string {
  return resolve(shell.commandFile, '../../../shared', path);
}
