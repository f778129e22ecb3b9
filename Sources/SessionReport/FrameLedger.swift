import MediaUnits
