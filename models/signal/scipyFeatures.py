"""The features of vibrationFeatures.ts by numpy and SciPy, in float64, as the reference of its test.

Run by vibrationFeatures.e2e.ts with Debian's python3-scipy:
    scipyFeatures.py FILE RATE_HZ LENGTH SHAFT_HZ BPFO BPFI BSF FTF
FILE holds windows of LENGTH float32 samples in g; a line of JSON is printed for each.
"""
import json
import sys

import numpy as np
from scipy import signal, stats

G_MM_PER_S2 = 9806.65
ENVELOPE_BAND = (0.16, 0.62)
# As in vibrationFeatures.e2e.ts: teeth, blades, poles, mains frequency; a band of the user's.
DRIVETRAIN = (17, 6, 2, 35)
BAND = (300, 1234)


def features(x, rate, shaft, factors):
    n = len(x)
    d = x - x.mean()
    a = np.abs(d)
    rms, peak = np.sqrt(np.mean(d**2)), a.max()
    out = dict(mean=x.mean(), rms=rms, peak=peak, peakToPeak=np.ptp(x), crestFactor=peak / rms)
    out.update(kurtosis=stats.kurtosis(x, fisher=False), skewness=stats.skew(x))
    out.update(shapeFactor=rms / a.mean(), impulseFactor=peak / a.mean())
    out.update(clearanceFactor=peak / np.mean(np.sqrt(a)) ** 2)

    # Without a detrend of each bin: Hann on the samples about their mean, density one-sided everywhere.
    f, density = signal.periodogram(d, rate, "hann", detrend=False)
    density[[0, -1]] *= 2
    step = f[1]
    p, k = density[1:], f[1:]
    for b, part in enumerate(p.reshape(8, -1)):
        name = f"band{round(b * rate / 16)}To{round((b + 1) * rate / 16)}Hz"
        out[name] = np.sqrt(part.sum() * step)
    centre = (k * p).sum() / p.sum()
    out.update(spectralCentroidHz=centre, spectralSpreadHz=np.sqrt(((k - centre) ** 2 * p).sum() / p.sum()))
    out.update(spectralEntropy=stats.entropy(p) / np.log(len(p)), spectralFlatness=stats.gmean(p) / p.mean())
    out["noiseFloor"] = np.sqrt(stats.gmean(p) * np.exp(np.euler_gamma))
    if step <= 4:
        band = (f >= 10) & (f <= 1000)
        out["velocityRmsMmPerS"] = G_MM_PER_S2 * np.sqrt((density[band] / (2 * np.pi * f[band]) ** 2).sum() * step)

    def line(values, hz):
        c = round(hz / step)
        return values[max(1, c - 1) : c + 2].max()

    amplitude = np.sqrt(3 * density * step)
    for name, order in (("Third", 1 / 3), ("Half", 1 / 2), ("OneAndHalf", 3 / 2)):
        out[f"order{name}"] = line(amplitude, order * shaft)
    teeth, blades, poles, mains = DRIVETRAIN
    out.update(gearMesh=line(amplitude, teeth * shaft), bladePass=line(amplitude, blades * shaft))
    sides = [line(amplitude, (teeth + s) * shaft) for s in (-3, -2, -1, 1, 2, 3)]
    out["gearSidebands"] = np.linalg.norm(sides)
    out.update(line1=line(amplitude, mains), line2=line(amplitude, 2 * mains))
    slip = abs(2 * mains - poles * shaft)
    out["polePassSidebands"] = np.linalg.norm([line(amplitude, shaft - slip), line(amplitude, shaft + slip)])
    band = (f >= BAND[0]) & (f <= BAND[1])
    out[f"band{BAND[0]}To{BAND[1]}Hz"] = np.sqrt(density[band].sum() * step)
    for order in range(1, 11):
        out[f"order{order}"] = line(amplitude, order * shaft)

    spectrum = np.fft.fft(d)
    low, high = int(np.ceil(ENVELOPE_BAND[0] * n / 2)), int(np.floor(ENVELOPE_BAND[1] * n / 2))
    size = 2 ** int(np.ceil(np.log2(high - low + 1)))
    band = np.zeros(size, complex)
    band[: high - low + 1] = spectrum[low : high + 1]
    envelope = np.abs(np.fft.ifft(band)) * size * 2 / n
    out["envelopeRms"] = envelope.std()
    lines = 2 / size * np.abs(np.fft.rfft(envelope - envelope.mean()))
    bpfo, bpfi, bsf, ftf = factors
    for name, order in (("Bpfo", bpfo), ("Bpfi", bpfi), ("Bsf2", 2 * bsf), ("Ftf", ftf)):
        out[f"envelope{name}"] = line(lines, order * shaft)

    # The strongest line by a chirp transform about the largest bin: no interpolation formula.
    largest = 1 + np.argmax(p)
    fine = np.linspace(f[largest] - step, f[largest] + step, 4001)
    zoomed = signal.zoom_fft(d * signal.get_window("hann", n), [fine[0], fine[-1]], m=4001, fs=rate, endpoint=True)
    out["peak1Hz"] = fine[np.argmax(np.abs(zoomed))]
    return {name: float(value) for name, value in out.items()}


def main():
    file, rate, length, shaft, *factors = sys.argv[1:]
    windows = np.fromfile(file, "<f4").astype(float).reshape(-1, int(length))
    for x in windows:
        print(json.dumps(features(x, float(rate), float(shaft), [float(v) for v in factors])))


main()
