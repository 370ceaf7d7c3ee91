"""Two tables: a monthly concentration and a daily weather."""

import math
import random
from datetime import date, timedelta

from generators.common import SEED, pick


def co2():
    """A monthly concentration: rising trend, yearly season, noise; 741 months."""
    rng, rows = random.Random(SEED + 2), ["Date,CO2,adjusted CO2"]
    for month in range(741):
        year = month / 12
        trend = 315.0 + 0.8 * year + 0.0132 * year * year
        phase = 2 * math.pi * (month + 2) / 12
        season = 2.8 * math.sin(phase) + 0.7 * math.sin(2 * phase + 1.0)
        value = trend + season + rng.gauss(0, 0.25)
        when = f"{1958 + (month + 2) // 12}-{(month + 2) % 12 + 1:02d}-01"
        rows.append(f"{when},{value:.2f},{value - season:.2f}")
    return "\n".join(rows) + "\n"


def weather():
    """Daily weather of an imagined town: season, day-to-day memory, wet winters; 4 years."""
    rng, rows = random.Random(SEED + 3), ["date,precipitation,temp_max,temp_min,wind,weather"]
    drift, wet = 0.0, False
    for day in range(1461):
        when = date(2012, 1, 1) + timedelta(day)
        season = -math.cos(2 * math.pi * (day - 20) / 365.25)
        drift = 0.75 * drift + rng.gauss(0, 1.9)
        wet = rng.random() < (0.68 if wet else 0.28) - 0.18 * season
        rain = round(rng.expovariate(1 / (6.5 - 2 * season)) + 0.1, 1) if wet else 0.0
        high = 16.5 + 9.5 * season + drift - (1.5 if wet else 0)
        low = high - abs(7.5 + 2.5 * season - (2 if wet else 0) + rng.gauss(0, 1.3)) - 0.5
        wind = max(0.4, 3.2 - 0.5 * season + (0.8 if wet else 0) + rng.gauss(0, 1.2))
        dry = pick(rng, ["sun", "sun", "sun", "sun", "fog", "drizzle"])
        sky = ("snow" if high < 3 else "rain") if wet else dry
        rows.append(f"{when},{rain:.1f},{high:.1f},{low:.1f},{wind:.1f},{sky}")
    return "\n".join(rows) + "\n"
