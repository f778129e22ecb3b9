// GameStage
