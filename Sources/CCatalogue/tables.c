/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The files of the catalogue as they stand below Scenarios/catalogue: the command finds them wherever it is installed,
   and nothing is generated that could differ from them. The compiler notes them as what this file depends on. */

#include "CCatalogue.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char devices[] = {
#embed "../../Scenarios/catalogue/devices.csv"
};
static const unsigned char machines[] = {
#embed "../../Scenarios/catalogue/machines.csv"
};
static const unsigned char models[] = {
#embed "../../Scenarios/catalogue/models.csv"
};
static const unsigned char engines[] = {
#embed "../../Scenarios/catalogue/engines.csv"
};
static const unsigned char prices[] = {
#embed "../../Scenarios/catalogue/prices.csv"
};
static const unsigned char spot[] = {
#embed "../../Scenarios/catalogue/spot.csv"
};
static const unsigned char laws[] = {
#embed "../../Scenarios/catalogue/laws.csv"
};
static const unsigned char roofline[] = {
#embed "../../Scenarios/catalogue/roofline.csv"
};
static const unsigned char starts[] = {
#embed "../../Scenarios/catalogue/starts.csv"
};
static const unsigned char sources[] = {
#embed "../../Scenarios/catalogue/sources.csv"
};
static const unsigned char missing[] = {
#embed "../../Scenarios/catalogue/missing.csv"
};

const unsigned char *plimsoll_catalogue(size_t number, size_t *size) {
  static const struct {
    const unsigned char *bytes;
    size_t size;
  } tables[] = {
      {devices, sizeof devices},   {machines, sizeof machines}, {models, sizeof models},
      {engines, sizeof engines},   {prices, sizeof prices},     {spot, sizeof spot},
      {laws, sizeof laws},         {roofline, sizeof roofline}, {starts, sizeof starts},
      {sources, sizeof sources},   {missing, sizeof missing},
  };
  if (number >= sizeof tables / sizeof tables[0]) {
    *size = 0;
    return NULL;
  }
  *size = tables[number].size;
  return tables[number].bytes;
}
