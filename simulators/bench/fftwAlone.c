/* Microseconds of CPU for FFTW's real transform of each length given, as JSON: the peer of `millwright bench features`. */
#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **lengths) {
  printf("{");
  for (int j = 1; j < count; j++) {
    int n = atoi(lengths[j]);
    float *x = fftwf_malloc(n * sizeof(float));
    fftwf_complex *y = fftwf_malloc((n / 2 + 1) * sizeof(fftwf_complex));
    fftwf_plan plan = fftwf_plan_dft_r2c_1d(n, x, y, FFTW_MEASURE);
    for (int i = 0; i < n; i++) x[i] = sinf(i * 0.37f);
    long done = 0;
    double before = now();
    while (now() - before < 0.3) {
      for (int k = 0; k < 50; k++) fftwf_execute(plan);
      done += 50;
    }
    printf("%s\"%d\":%f", j > 1 ? "," : "", n, (now() - before) / done * 1e6);
  }
  printf("}\n");
  return 0;
}
