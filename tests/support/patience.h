/* patience.h - for tests: waiting for what another thread or process does. */
#ifndef TESTS_SUPPORT_PATIENCE_H
#define TESTS_SUPPORT_PATIENCE_H

void pause_ms(unsigned ms);
/* Fails the test after some thousand times; see wait_until. */
void patience_once(unsigned *times, const char *condition);

/* Asks until it is so, for a minute and more: no machine is that slow. */
#define wait_until(condition)                                                                      \
    do {                                                                                           \
        for (unsigned times_ = 0; !(condition);)                                                   \
            patience_once(&times_, #condition);                                                    \
    } while (0)
#endif
