/** A channel of a recording and its sensor's direction relative to the shaft. */
export interface SensorChannel {
  channel: string;
  direction: 'radial' | 'axial';
}

/**
 * Parses the sensors of one machine: channels by number or name, with `:axial` after those along the shaft, such as
 * `0,1,2:axial`.
 * @throws RangeError if a channel is empty or named twice, or the direction is unknown.
 */
export function sensorChannels(text: string): SensorChannel[] {
  const channels = text.split(',').map((part): SensorChannel => {
    const [, channel = '', direction = 'radial'] = /^\s*(.*?)(?::(axial|radial))?\s*$/.exec(part) ?? [];
    if (channel === '') throw new RangeError(`--channels: found ${text}; channels such as 0,1,2:axial`);
    return { channel, direction: direction === 'axial' ? 'axial' : 'radial' };
  });
  const names = channels.map((c) => c.channel);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new RangeError(`--channels: channel ${twice} is named twice`);
  return channels;
}
