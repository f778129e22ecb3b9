// MediaUnits
